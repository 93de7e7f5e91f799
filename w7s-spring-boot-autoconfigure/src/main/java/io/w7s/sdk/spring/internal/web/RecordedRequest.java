package io.w7s.sdk.spring.internal.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * A request whose body can be read by a filter and still reaches the app. What is read is kept, and
 * nothing is read ahead. The container would read a form when somebody asks for a parameter, so the
 * parameters of a form are not shown: those of the query alone are.
 */
final class RecordedRequest extends HttpServletRequestWrapper {

  static final String ATTRIBUTE = RecordedRequest.class.getName();

  private final HttpServletRequest sent;
  private final int max;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private @Nullable Recorder recorder;
  private @Nullable BufferedReader reader;
  private @Nullable Map<String, String[]> queryParameters;

  /**
   * Creates a request.
   *
   * @param max how many bytes the app takes; one more is kept, so that the app refuses the rest
   */
  RecordedRequest(HttpServletRequest sent, int max) {
    super(sent);
    this.sent = sent;
    this.max = max;
  }

  /** Returns the request as it came, with all of its body. */
  HttpServletRequest asSent() {
    return recorder == null ? sent : new Replayed(sent, read.toByteArray(), recorder.in);
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    if (recorder == null) {
      recorder = new Recorder(sent.getInputStream());
    }
    return recorder;
  }

  @Override
  public BufferedReader getReader() throws IOException {
    if (reader == null) {
      String named = getCharacterEncoding();
      Charset charset = named == null ? StandardCharsets.ISO_8859_1 : Charset.forName(named);
      reader = new BufferedReader(new InputStreamReader(getInputStream(), charset));
    }
    return reader;
  }

  @Override
  public @Nullable String getParameter(String name) {
    String[] values = getParameterMap().get(name);
    return values == null ? null : values[0];
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return getParameterMap().get(name);
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.enumeration(getParameterMap().keySet());
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    if (!isForm()) {
      return super.getParameterMap();
    }
    if (queryParameters == null) {
      queryParameters = parameters(sent.getQueryString());
    }
    return queryParameters;
  }

  @Override
  public Collection<Part> getParts() {
    return List.of();
  }

  @Override
  public @Nullable Part getPart(String name) {
    return null;
  }

  private boolean isForm() {
    String type = String.valueOf(sent.getContentType()).toLowerCase(Locale.ROOT);
    return type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/");
  }

  private static Map<String, String[]> parameters(@Nullable String query) {
    if (query == null) {
      return Map.of();
    }
    MultiValueMap<String, String> encoded =
        UriComponentsBuilder.newInstance().query(query).build().getQueryParams();
    Map<String, String[]> parameters = new LinkedHashMap<>();
    encoded.forEach(
        (name, values) ->
            parameters.put(
                decoded(name),
                values.stream().map(RecordedRequest::decoded).toArray(String[]::new)));
    return Collections.unmodifiableMap(parameters);
  }

  private static String decoded(@Nullable String text) {
    try {
      return text == null ? "" : UriUtils.decode(text.replace('+', ' '), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      return text;
    }
  }

  /** Keeps what passes. One thread at a time uses it. */
  private final class Recorder extends ServletInputStream {

    private final ServletInputStream in;

    Recorder(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int next = in.read();
      if (next >= 0 && read.size() <= max) {
        read.write(next);
      }
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      if (count > 0) {
        read.write(bytes, offset, Math.min(count, max + 1 - read.size()));
      }
      return count;
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }

  /** A request whose body begins with what was read of it. */
  private static final class Replayed extends HttpServletRequestWrapper {

    private final ServletInputStream body;

    Replayed(HttpServletRequest sent, byte[] read, ServletInputStream rest) {
      super(sent);
      body = new Body(new ByteArrayInputStream(read), rest);
    }

    @Override
    public ServletInputStream getInputStream() {
      return body;
    }
  }

  /** Blocks, as the servlet's thread does anyway. */
  private static final class Body extends ServletInputStream {

    private final ByteArrayInputStream read;
    private final ServletInputStream rest;

    Body(ByteArrayInputStream read, ServletInputStream rest) {
      this.read = read;
      this.rest = rest;
    }

    @Override
    public int read() throws IOException {
      int next = read.read();
      return next >= 0 ? next : rest.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = length == 0 ? 0 : read.read(bytes, offset, length);
      return count >= 0 ? count : rest.read(bytes, offset, length);
    }

    @Override
    public boolean isFinished() {
      return read.available() == 0 && rest.isFinished();
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("a request that was read in part is read by a thread");
    }
  }
}
