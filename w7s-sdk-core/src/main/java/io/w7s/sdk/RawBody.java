package io.w7s.sdk;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A body of a route that is not JSON: bytes, in memory or from a stream, with their content type.
 * As the input or the output of a {@link io.w7s.sdk.rpc.RpcRef} it is sent and handed over as it
 * is, without a codec. Queues, events and workflows carry JSON only and refuse it.
 *
 * <pre>{@code
 * RpcRef<RawBody, Void> avatar = AppRef.of("acme/web").put("/avatar", RawBody.class, Void.class);
 * w7s.rpc().call(avatar, RawBody.of("image/png", bytes));
 * w7s.rpc().call(avatar, RawBody.from("image/png", () -> Files.newInputStream(path)));
 * }</pre>
 *
 * <p>What a handler gets, and what a call returns, is in memory. The app that receives a body
 * limits its size, by default to 10 MiB; see {@link io.w7s.sdk.app.W7sApp#maxBodyBytes()}.
 * Immutable and thread-safe, if its bytes and its stream are.
 */
public final class RawBody {

  /** The content type of a body that came without one, as in RFC 9110. */
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private final String contentType;
  private final byte @Nullable [] bytes;
  private final Callable<? extends InputStream> source;
  private final boolean repeatable;

  private RawBody(
      String contentType,
      byte @Nullable [] bytes,
      Callable<? extends InputStream> source,
      boolean repeatable) {
    Headers.of("content-type", contentType);
    if (contentType.isBlank()) {
      throw new InvalidInputException(
          "content type", Names.quoted(contentType), "a media type such as image/png");
    }
    this.contentType = contentType;
    this.bytes = bytes;
    this.source = source;
    this.repeatable = repeatable;
  }

  /**
   * Returns a body in memory.
   *
   * @param contentType the value of the {@code content-type} header, for example {@code image/png}
   * @param bytes the body; handed over, not copied
   * @throws InvalidInputException when the content type is blank or holds a control character
   */
  public static RawBody of(String contentType, byte[] bytes) {
    return new RawBody(contentType, bytes, () -> new ByteArrayInputStream(bytes), true);
  }

  /**
   * Returns a body that came with headers. Without a content type among them it is {@code
   * application/octet-stream}.
   *
   * @param bytes the body; handed over, not copied
   */
  public static RawBody of(Headers headers, byte[] bytes) {
    String contentType = headers.first("content-type").orElse("");
    return of(contentType.isBlank() ? UNKNOWN_TYPE : contentType, bytes);
  }

  /**
   * Returns a body that is read from a stream while it is sent, so that it need not fit into
   * memory. The source is asked for a new stream in each attempt, and each stream is closed after
   * it. The call is retried as with a body in memory.
   *
   * <p>If the source or a stream throws, the call fails with a {@link
   * io.w7s.sdk.error.TransportException} with that as its cause, and the far side may have got a
   * part of the body. The stream is read on the thread that makes the attempt. A timeout does not
   * interrupt a read; it ends the attempt when the read has returned.
   *
   * @param contentType as for {@link #of(String, byte[])}
   * @throws InvalidInputException as {@link #of(String, byte[])}
   */
  public static RawBody from(String contentType, Callable<? extends InputStream> source) {
    return new RawBody(contentType, null, source, true);
  }

  /**
   * Returns a body that is read from a stream which can be read only once. Because of that the call
   * is <em>never retried</em>, not even after a refusal such as 429, and the body can be sent in
   * one call only. Otherwise as {@link #from(String, Callable)}.
   *
   * @param contentType as for {@link #of(String, byte[])}
   * @param stream the body; closed when it was sent, left open by a call that fails before that
   * @throws InvalidInputException as {@link #of(String, byte[])}
   */
  public static RawBody once(String contentType, InputStream stream) {
    var taken = new AtomicBoolean();
    return new RawBody(
        contentType,
        null,
        () -> {
          if (taken.getAndSet(true)) {
            throw new IOException("the stream was read before and can be read only once");
          }
          return stream;
        },
        false);
  }

  /** Returns the content type. */
  public String contentType() {
    return contentType;
  }

  /** Returns whether the body is in memory, as it is for a handler. */
  public boolean isInMemory() {
    return bytes != null;
  }

  /** Returns whether the body can be read again, and so a call with it can be retried. */
  public boolean isRepeatable() {
    return repeatable;
  }

  /**
   * Returns the whole body. If it is in memory, this is not a copy, so leave the array as it is; a
   * stream is read to its end and closed.
   *
   * @throws UncheckedIOException when a stream cannot be read
   */
  public byte[] bytes() {
    if (bytes != null) {
      return bytes;
    }
    try (InputStream in = open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a stream of the body, which the caller closes.
   *
   * @throws IOException when there is none
   */
  public InputStream open() throws IOException {
    try {
      InputStream stream = source.call();
      if (stream == null) {
        throw new IOException("the source of the body returned null");
      }
      return stream;
    } catch (IOException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (Exception e) {
      throw new IOException("the source of the body threw " + e.getClass().getName(), e);
    }
  }

  /** Returns the content type and the size, but not the body, because it may be secret. */
  @Override
  public String toString() {
    String size = bytes == null ? "a stream" : bytes.length + " bytes";
    return "RawBody[" + contentType + ", " + size + "]";
  }
}
