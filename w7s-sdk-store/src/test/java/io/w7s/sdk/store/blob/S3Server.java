package io.w7s.sdk.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A process of s3rver, which keeps its objects in files. */
final class S3Server implements AutoCloseable {

  static final String BUCKET = "acme";

  private static final Path PROGRAM = Path.of("s3rver/node_modules/s3rver/bin/s3rver.js");
  private static final String LISTENING = "S3rver listening on ";

  private final Process process;
  private final Path directory;
  private final String address;
  private final S3Client client;

  private S3Server(Process process, Path directory, String address, S3Client client) {
    this.process = process;
    this.directory = directory;
    this.address = address;
    this.client = client;
  }

  /** Returns whether it is there. */
  static boolean isInstalled() {
    return Files.exists(PROGRAM);
  }

  static S3Server start(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                "node",
                "--openssl-legacy-provider", // it encrypts the tokens of lists with an old cipher
                PROGRAM.toString(),
                "--directory",
                directory.toString(),
                "--address",
                "127.0.0.1",
                "--port",
                "0",
                "--configure-bucket",
                BUCKET)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String address = address(process);
      return new S3Server(process, directory, address, client(address, false));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static String address(Process process) throws IOException {
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(LISTENING)) {
        return line.substring(LISTENING.length());
      }
    }
    throw new IOException("s3rver has ended before it listened");
  }

  private static S3Client client(String address, boolean chunks) {
    return S3Client.builder()
        .endpointOverride(URI.create("http://" + address))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("S3RVER", "S3RVER")))
        .forcePathStyle(true)
        .serviceConfiguration(service -> service.chunkedEncodingEnabled(chunks))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  S3Client client() {
    return client;
  }

  /** Returns a client that sends bytes in chunks, as it does by default. */
  S3Client clientThatSendsChunks() {
    return client(address, true);
  }

  /** Makes all objects older; the clock of the server cannot be moved. */
  void age(Duration time) throws IOException {
    for (Path file : files()) {
      try {
        FileTime modified = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(modified.toInstant().minus(time)));
      } catch (NoSuchFileException deleted) {
        assertThat(file).doesNotExist(); // in the meantime
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  /** Ends the server and leaves its client open. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    kill();
  }
}
