package io.w7s.sdk.spring.internal.web;

import io.w7s.sdk.app.AppHandler;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Stands before all other filters and keeps what they read of a body; see {@link RecordedRequest}.
 */
public final class RecordingFilter implements Filter {

  private final AppHandler app;

  /** Creates a filter for an app, whose limit bounds what is kept. */
  public RecordingFilter(AppHandler app) {
    this.app = app;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    var recorded = new RecordedRequest((HttpServletRequest) request, app.maxBodyBytes());
    request.setAttribute(RecordedRequest.ATTRIBUTE, recorded);
    chain.doFilter(recorded, response);
  }
}
