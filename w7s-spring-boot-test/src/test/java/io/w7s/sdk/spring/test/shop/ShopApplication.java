package io.w7s.sdk.spring.test.shop;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application with handlers, and with much else that the slice leaves out. */
@SpringBootApplication
public class ShopApplication {}
