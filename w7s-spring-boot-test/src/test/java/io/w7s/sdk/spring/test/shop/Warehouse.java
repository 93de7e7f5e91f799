package io.w7s.sdk.spring.test.shop;

import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Service;

/** What a handler needs, and the slice does not include by itself. */
@Service
public class Warehouse {

  private final List<String> packed = new ArrayList<>();

  void pack(String order) {
    packed.add(order);
  }

  /** Returns the orders that were packed. */
  public List<String> packed() {
    return packed;
  }
}
