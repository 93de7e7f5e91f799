package io.w7s.consumer;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.servlet.W7sServlet;
import io.w7s.sdk.signature.SignedHandler;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;

// [quarkus-servlet]
@WebServlet(urlPatterns = "/w7s/*")
public class WorkerServlet extends W7sServlet {

  private static final long serialVersionUID = 1L;

  @Inject
  WorkerServlet(W7sApp app, W7sConfig config) {
    super(SignedHandler.of(app, config));
  }
}
// [quarkus-servlet]
