/** W7S apps in any Jakarta Servlet 6 container. */
module io.w7s.sdk.servlet {
  requires transitive io.w7s.sdk;
  requires transitive jakarta.servlet;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports io.w7s.sdk.servlet;
}
