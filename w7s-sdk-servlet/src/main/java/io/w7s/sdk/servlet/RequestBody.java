package io.w7s.sdk.servlet;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/**
 * The body of a request while it is read. What stands before the servlet may have read it, and
 * nothing may pass for the body but all of it. One thread at a time uses it.
 */
final class RequestBody {

  private static final int AT_ONCE = 8192;

  private final ServletInputStream in;
  private final long declared;
  private final boolean formOfUnknownLength;
  private final int max;
  private final byte[] buffer = new byte[AT_ONCE];
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private RequestBody(ServletInputStream in, long declared, boolean formOfUnknownLength, int max) {
    this.in = in;
    this.declared = declared;
    this.formOfUnknownLength = formOfUnknownLength;
    this.max = max;
  }

  /**
   * Begins to read a body.
   *
   * @param max how many bytes it may have
   * @throws RequestRefused with 413 when it declares more, with 500 when it was read before
   */
  static RequestBody of(HttpServletRequest request, int max) throws RequestRefused, IOException {
    long declared = request.getContentLengthLong();
    if (declared > max) {
      throw new RequestRefused(413, "the body has " + declared + " bytes, " + max + " are allowed");
    }
    ServletInputStream in;
    try {
      in = request.getInputStream();
    } catch (IllegalStateException readByReader) {
      throw gone("getReader() was called");
    }
    boolean chunked = declared < 0 && request.getHeader("transfer-encoding") != null;
    if ((declared > 0 || chunked) && in.isFinished()) {
      throw gone("nothing of it is left");
    }
    return new RequestBody(in, declared, chunked && isForm(request), max);
  }

  /** Returns whether the container reads the body when somebody asks for a parameter. */
  private static boolean isForm(HttpServletRequest request) {
    String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
    return type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/");
  }

  ServletInputStream stream() {
    return in;
  }

  /** Returns whether the container itself reads the body, so that nobody has to wait for it. */
  boolean isOfContainer(HttpServletRequest request) throws IOException {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      inner = wrapper.getRequest();
    }
    return inner == request || in == inner.getInputStream();
  }

  /**
   * Reads what is there, or waits for it where the stream blocks.
   *
   * @return whether more may come
   */
  boolean readOn() throws IOException, RequestRefused {
    int count = in.read(buffer);
    if (count < 0) {
      return false;
    }
    received.write(buffer, 0, count);
    if (received.size() > max) {
      throw new RequestRefused(413, "the body has more than the allowed " + max + " bytes");
    }
    return true;
  }

  /** Reads to the end. Blocks. */
  byte[] readAll() throws RequestRefused {
    try {
      while (readOn()) {
        // until its end
      }
    } catch (IOException failed) {
      throw refused(failed);
    }
    return complete();
  }

  /**
   * Returns the body once all of it was read.
   *
   * @throws RequestRefused with 500 when it is not what was sent
   */
  byte[] complete() throws RequestRefused {
    if (declared >= 0 && received.size() != declared) {
      throw gone(received.size() + " bytes of " + declared + " are left");
    }
    if (formOfUnknownLength && received.size() == 0) {
      throw gone("nothing of the form is left"); // an empty form looks the same, and is of no use
    }
    return received.toByteArray();
  }

  /** Returns how a request is refused whose body could not be read. */
  static RequestRefused refused(Throwable failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
        return new RequestRefused(408, "the body comes too slowly");
      }
    }
    return new RequestRefused(400, "the body breaks off");
  }

  private static RequestRefused gone(String how) {
    return new RequestRefused(
        500,
        "the body was read before it reached the app: "
            + how
            + ". Keep filters that read it, or call getParameter, away from this servlet");
  }
}
