package io.w7s.sdk.deploy;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * The command.
 *
 * <pre>{@code
 * java -jar w7s-deploy.jar --class-path "target/classes:target/lib/*" com.acme.Worker
 * java -jar w7s-deploy.jar new-secret
 * }</pre>
 *
 * <p>It exits with 0 when it has done what it was asked for, and with 2 when it has changed nothing
 * and says why. The class path of the app also brings the SDK, so that the app and the command use
 * the same one.
 */
public final class Main {

  private static final String USAGE =
      """
      usage: java -jar w7s-deploy.jar [OPTION]... CLASS[#METHOD]
             java -jar w7s-deploy.jar new-secret

        --class-path PATH      where the app and its libraries are; DIRECTORY/* means all jars
                               there. Not needed when they are on the class path of this JVM.
        --directory DIRECTORY  the root of the repository, default the working directory
        --bind KIND=NAME       a store that the app is bound to: kv=CACHE, r2=FILES or d1=DB.
                               May come several times
        CLASS[#METHOD]         a class with a static method or field that is the W7sApp""";

  private Main() {}

  /** Runs the command, and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    Deque<String> left = new ArrayDeque<>(arguments);
    String classPath = "";
    String directory = "";
    var bindings = new ArrayList<String>();
    while (left.size() > 1 && left.peek().startsWith("--")) {
      String option = left.remove();
      String value = left.remove();
      switch (option) {
        case "--class-path" -> classPath = value;
        case "--directory" -> directory = value;
        case "--bind" -> bindings.add(value);
        default -> {
          err.println("unknown option " + option + "\n" + USAGE);
          return 2;
        }
      }
    }
    if (left.size() != 1 || left.peek().startsWith("-")) {
      err.println(USAGE);
      return 2;
    }
    if (left.peek().equals("new-secret")) {
      out.println(NewSecret.make());
      return 0;
    }
    String app = left.remove();
    try {
      List<String> said =
          classPath.isEmpty()
              ? new DeployFiles(bindings).apply(app, directory)
              : writeWith(classPath, app, directory, bindings);
      said.forEach(out::println);
      return 0;
    } catch (DeployException refused) {
      err.println(refused.getMessage());
      return 2;
    } catch (NoClassDefFoundError missing) {
      err.println(
          "a class is not on the class path: %s. Give the app's class path with --class-path"
              .formatted(missing.getMessage()));
      return 2;
    }
  }

  /** Runs in a loader that has the app, the SDK and this jar, so that all of them see one SDK. */
  @SuppressWarnings("unchecked") // it is DeployFiles, in another loader
  private static List<String> writeWith(
      String classPath, String app, String directory, List<String> bindings) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(urls(classPath), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Constructor<?> constructor =
          loader.loadClass("io.w7s.sdk.deploy.DeployFiles").getDeclaredConstructor(List.class);
      constructor.setAccessible(true); // packages of the same name in two loaders are two
      var write = (BiFunction<String, String, List<String>>) constructor.newInstance(bindings);
      return write.apply(app, directory);
    } catch (IOException | ReflectiveOperationException e) {
      throw new DeployException("the class path cannot be used: " + e);
    } catch (RuntimeException e) {
      if (e.getClass().getName().equals(DeployException.class.getName())) {
        throw new DeployException(String.valueOf(e.getMessage()));
      }
      throw e;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL[] urls(String classPath) throws IOException {
    var urls = new ArrayList<URL>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (entry.isEmpty()) {
        continue;
      }
      if (entry.endsWith("*")) {
        Path folder = Path.of(entry.substring(0, entry.length() - 1));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, Main::isJar)) {
          for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
          }
        }
      } else if (Files.exists(Path.of(entry))) {
        urls.add(Path.of(entry).toUri().toURL());
      } else {
        throw new DeployException("the class path names " + entry + ", which is not there");
      }
    }
    urls.add(here());
    return urls.toArray(URL[]::new);
  }

  private static boolean isJar(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
  }

  private static URL here() {
    try {
      return Main.class.getProtectionDomain().getCodeSource().getLocation().toURI().toURL();
    } catch (URISyntaxException | IOException e) {
      throw new DeployException("the command does not find itself: " + e.getMessage());
    }
  }
}
