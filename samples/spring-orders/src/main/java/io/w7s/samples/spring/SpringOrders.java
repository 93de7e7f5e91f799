package io.w7s.samples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Is one of the three apps, by the profile; another profile says where the others are. */
@SpringBootApplication
public class SpringOrders {

  public static void main(String[] args) {
    SpringApplication.run(SpringOrders.class, args);
  }
}
