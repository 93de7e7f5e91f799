package io.w7s.sdk.spring.test.shop;

/** An order. */
public record Order(String id) {}
