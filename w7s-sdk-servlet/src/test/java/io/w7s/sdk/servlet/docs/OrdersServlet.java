package io.w7s.sdk.servlet.docs;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.servlet.W7sServlet;
import io.w7s.sdk.signature.SignedHandler;
import jakarta.servlet.annotation.WebServlet;

/** A servlet that a container makes. */
// [servlet]
@WebServlet(urlPatterns = "/w7s/*")
public final class OrdersServlet extends W7sServlet {

  private static final long serialVersionUID = 1L;

  public OrdersServlet() {
    super(service());
  }

  private static AppHandler service() {
    W7sApp app = W7sApp.builder(AppRef.of("acme/orders")).build();
    return SignedHandler.of(app, W7sConfig.load());
  }
}
// [servlet]
