package io.w7s.sdk.okhttp;

import java.io.IOException;
import okhttp3.CompressionInterceptor;
import okhttp3.CompressionInterceptor.DecompressionAlgorithm;
import okhttp3.Interceptor;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import okio.GzipSource;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Asks for gzip and reads it, as OkHttp does by itself, but also takes an empty body for one: some
 * servers announce gzip and then send nothing.
 */
final class EmptyOrGzip implements Source {

  private static final Interceptor INTERCEPTOR = new CompressionInterceptor(new Gzip());

  private final BufferedSource compressed;
  private @Nullable Source decompressed;

  private EmptyOrGzip(BufferedSource compressed) {
    this.compressed = compressed;
  }

  /** Leaves a request for a range alone: part of a gzip file is none. */
  static Response intercept(Interceptor.Chain chain) throws IOException {
    return chain.request().header("range") == null
        ? INTERCEPTOR.intercept(chain)
        : chain.proceed(chain.request());
  }

  private static final class Gzip implements DecompressionAlgorithm {
    @Override
    public String getEncoding() {
      return "gzip";
    }

    @Override
    public Source decompress(BufferedSource compressed) {
      return new EmptyOrGzip(compressed);
    }
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    if (decompressed == null) {
      if (compressed.exhausted()) {
        return -1;
      }
      decompressed = new GzipSource(compressed);
    }
    return decompressed.read(sink, byteCount);
  }

  @Override
  public Timeout timeout() {
    return compressed.timeout();
  }

  @Override
  public void close() throws IOException {
    if (decompressed == null) {
      compressed.close();
    } else {
      decompressed.close();
    }
  }
}
