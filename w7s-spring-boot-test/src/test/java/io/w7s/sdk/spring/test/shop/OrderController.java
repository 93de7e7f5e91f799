package io.w7s.sdk.spring.test.shop;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Needs what no test has, so a context that includes it does not start. */
@RestController
class OrderController {

  interface Missing {}

  OrderController(Missing missing) {}

  @GetMapping("/orders")
  String orders() {
    return "[]";
  }
}
