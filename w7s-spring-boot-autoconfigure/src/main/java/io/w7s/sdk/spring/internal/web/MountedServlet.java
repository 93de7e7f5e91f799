package io.w7s.sdk.spring.internal.web;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.servlet.W7sServlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * Hands requests to an app as they were sent, whatever the filters of the application have made of
 * them. What those refuse does not get here.
 */
public final class MountedServlet extends W7sServlet {

  private static final long serialVersionUID = 1L;

  /** Creates a servlet that calls the handler on the container's threads. */
  public MountedServlet(AppHandler app) {
    super(app);
  }

  @Override
  public void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    Object first = request.getAttribute(RecordedRequest.ATTRIBUTE);
    super.service(first instanceof RecordedRequest sent ? sent.asSent() : request, response);
  }
}
