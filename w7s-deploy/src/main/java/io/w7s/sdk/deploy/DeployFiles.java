package io.w7s.sdk.deploy;

import io.w7s.sdk.app.AppRoute;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.manifest.Binding;
import io.w7s.sdk.manifest.Difference;
import io.w7s.sdk.manifest.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Writes the files of a deployment: {@code w7s/w7s.json} and {@code w7s/backend/index.js}, which
 * are what is deployed, and {@code .github/workflows/w7s.yml}, which deploys it. The manifest keeps
 * what only the file declares, such as bindings; a workflow file that is there stays as it is. All
 * is decided before anything is written.
 */
final class DeployFiles implements BiFunction<String, String, List<String>> {

  static final Path MANIFEST = Path.of("w7s", "w7s.json");
  static final Path BACKEND = Path.of("w7s", "backend", "index.js");
  static final Path WORKFLOW = Path.of(".github", "workflows", "w7s.yml");

  /** What the platform would call in vain if the app has it no more. */
  private static final List<String> CALLED =
      List.of("$.queues", "$.workflows", "$.events.subscribe");

  private static final String BRIDGES_FIRST_WORDS = "The W7S bridge: ";

  private static final String ORIGIN = "W7S_BRIDGE_ORIGIN";
  private static final String SECRET = "W7S_BRIDGE_SECRET";

  /** What the bridge can be set up with, beside the two that it needs. */
  private static final List<String> OPTIONAL_VARS =
      List.of(
          "W7S_BRIDGE_PUBLIC",
          "W7S_BRIDGE_TIMEOUT_SECONDS",
          "W7S_BRIDGE_MAX_BODY",
          "W7S_BRIDGE_PREVIOUS_SECRET_UNTIL");

  private static final List<String> OPTIONAL_SECRETS =
      List.of(
          "W7S_BRIDGE_PREVIOUS_SECRET",
          "W7S_BRIDGE_ACCESS_CLIENT_ID",
          "W7S_BRIDGE_ACCESS_CLIENT_SECRET");

  private static final Set<String> STORES = Set.of("kv", "r2", "d1");

  private final List<String> bindings;

  /**
   * Creates a command.
   *
   * @param bindings the stores that the app is bound to, each as {@code kind=NAME}
   */
  DeployFiles(List<String> bindings) {
    this.bindings = List.copyOf(bindings);
  }

  /**
   * Writes them.
   *
   * @param name the class of the app, and the method or field of it where it has several
   * @param directory the root of the repository; empty for the working directory
   * @return what was done and what is left to do, line by line
   */
  @Override
  public List<String> apply(String name, String directory) {
    W7sApp app = AppFinder.find(name);
    Path root = Path.of(directory);
    if (!directory.isEmpty() && !Files.isDirectory(root)) {
      throw new DeployException(directory + " is not a directory");
    }
    Manifest declared = app.manifest();
    List<String> beyond = declared.beyondPlatformCaps();
    if (!beyond.isEmpty()) {
      throw new DeployException("the app declares " + String.join("; ", beyond));
    }
    var said = new ArrayList<String>();
    Manifest manifest = bound(manifest(declared, root.resolve(MANIFEST), said));
    Map<Path, String> files = new LinkedHashMap<>();
    files.put(MANIFEST, manifest.toJson());
    files.put(BACKEND, bridge());
    if (Files.isRegularFile(root.resolve(WORKFLOW))) {
      said.add("kept     " + WORKFLOW);
    } else {
      files.put(WORKFLOW, workflow());
    }
    files.forEach((file, text) -> requireWritable(root, file));
    files.forEach((file, text) -> said.add(write(root, file, text)));
    for (Difference difference : declared.differences(manifest)) {
      if (CALLED.stream().anyMatch(difference.path()::startsWith)) {
        said.add("note     only the file has it, or the app has it otherwise: " + difference);
      }
    }
    if (app.routes().stream().anyMatch(AppRoute::isPublic)) {
      said.add("note     the app has public routes: set W7S_BRIDGE_PUBLIC to forward");
    }
    said.addAll(toDo());
    return said;
  }

  /** Returns what the app declares and what only the file does. */
  private static Manifest manifest(Manifest declared, Path file, List<String> said) {
    requireNoLink(file); // before it is read
    if (!Files.exists(file)) {
      return withBridge(declared);
    }
    try {
      Manifest before = Manifest.read(file);
      for (Manifest.Schedule schedule : before.schedules()) {
        if (!declared.schedules().contains(schedule)) {
          said.add("removed  the app does not have it any more: " + schedule);
        }
      }
      Manifest manifest = before.withoutSchedules();
      for (Manifest.Queue queue : declared.queues()) {
        manifest = manifest.withQueue(queue);
      }
      for (Manifest.Schedule schedule : declared.schedules()) {
        manifest = manifest.withSchedule(schedule);
      }
      for (Manifest.Workflow workflow : declared.workflows()) {
        manifest = manifest.withWorkflow(workflow);
      }
      for (String subject : declared.eventsPublish()) {
        manifest = manifest.withPublished(subject);
      }
      for (Manifest.Subscription subscription : declared.eventsSubscribe()) {
        manifest = manifest.withSubscription(subscription);
      }
      for (String allowed : declared.rpcAllow()) {
        manifest = manifest.withRpcAllow(allowed);
      }
      for (String allowed : declared.queueAllow()) {
        manifest = manifest.withQueueAllow(allowed);
      }
      for (String allowed : declared.workflowAllow()) {
        manifest = manifest.withWorkflowAllow(allowed);
      }
      for (String allowed : declared.eventsAllow()) {
        manifest = manifest.withEventsAllow(allowed);
      }
      return withBridge(manifest);
    } catch (ConfigurationException unreadable) {
      throw new DeployException(String.valueOf(unreadable.getMessage()));
    } catch (InvalidInputException refused) {
      throw new DeployException(file + " and the app do not fit together: " + refused.getMessage());
    }
  }

  /** Adds the stores of the command line; a binding that the file has keeps its settings. */
  private Manifest bound(Manifest manifest) {
    Manifest bound = manifest;
    for (String binding : bindings) {
      String[] parts = binding.split("=", 2);
      if (parts.length < 2 || !STORES.contains(parts[0]) || parts[1].startsWith("W7S_")) {
        throw new DeployException(
            "--bind "
                + binding
                + " is no store: it is kv, r2 or d1, = and a name, such as r2=FILES; names that begin"
                + " with W7S_ are the platform's");
      }
      if (bound.vars().contains(parts[1])
          || bound.secrets().contains(parts[1])
          || bound.bindings().stream()
              .anyMatch(has -> !has.kind().equals(parts[0]) && has.name().equals(parts[1]))) {
        throw new DeployException(
            "--bind " + binding + ": the app has something else with the name " + parts[1]);
      }
      if (bound.bindings().stream()
          .noneMatch(has -> has.kind().equals(parts[0]) && has.name().equals(parts[1]))) {
        try {
          bound = bound.withBinding(Binding.of(parts[0], parts[1]));
        } catch (InvalidInputException refused) {
          throw new DeployException("--bind " + binding + ": " + refused.getMessage());
        }
      }
    }
    return bound;
  }

  private static Manifest withBridge(Manifest manifest) {
    Manifest with = manifest.withVar(ORIGIN).withSecret(SECRET);
    for (String name : OPTIONAL_VARS) {
      with = with.withVar(name);
    }
    for (String name : OPTIONAL_SECRETS) {
      with = with.withSecret(name);
    }
    return with;
  }

  private static String bridge() {
    try (InputStream source = DeployFiles.class.getResourceAsStream("w7s-bridge.js")) {
      if (source == null) {
        throw new DeployException("the jar of this command has no bridge in it");
      }
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DeployException("the bridge cannot be read: " + e.getMessage());
    }
  }

  private static String workflow() {
    var text =
        new StringBuilder(
            """
            # Deploys the directory w7s to W7S with each push to main.
            name: W7S
            on:
              push:
                branches: [main]
              workflow_dispatch:
            permissions:
              contents: read
            jobs:
              deploy:
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@v5
                  - uses: w7s-io/w7s-cloud@v1
                    with:
                      token: ${{ github.token }}
                      working-directory: w7s
                    env:
            """);
    append(text, "vars", ORIGIN);
    OPTIONAL_VARS.forEach(name -> append(text, "vars", name));
    append(text, "secrets", SECRET);
    OPTIONAL_SECRETS.forEach(name -> append(text, "secrets", name));
    return text.toString();
  }

  private static void append(StringBuilder text, String of, String name) {
    text.append("          %s: ${{ %s.%s }}%n".formatted(name, of, name).replace("\r\n", "\n"));
  }

  /** What a link leads to may be outside of the repository, and is not what Git has. */
  private static void requireNoLink(Path file) {
    if (Files.isSymbolicLink(file)) {
      throw new DeployException(
          file + " is a symbolic link, which is not followed: put a file there, or remove it");
    }
  }

  /** Finds before the first file is written what would keep one from being, or be lost by it. */
  private static void requireWritable(Path root, Path file) {
    Path target = root.resolve(file);
    for (Path at = target; at != null && !at.equals(root); at = at.getParent()) {
      requireNoLink(at);
    }
    for (Path at = target; at != null && !at.equals(root); at = at.getParent()) {
      boolean isFile = at.equals(target);
      boolean fits = isFile ? Files.isRegularFile(at) : Files.isDirectory(at);
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS) && !(fits && Files.isWritable(at))) {
        throw new DeployException(
            at + " is there, and is no " + (isFile ? "file" : "directory") + " to write to");
      }
    }
    if (file.equals(BACKEND) && Files.exists(target) && !isBridge(target)) {
      throw new DeployException(
          target + " is there, and is not the bridge: move it away, as an app has one backend");
    }
  }

  private static boolean isBridge(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(BRIDGES_FIRST_WORDS);
    } catch (IOException e) {
      throw new DeployException(file + " cannot be read: " + e);
    }
  }

  private static String write(Path root, Path file, String text) {
    Path target = root.resolve(file);
    try {
      if (Files.exists(target) && Files.readString(target).equals(text)) {
        return "same     " + file;
      }
      Path parent = target.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(target, text);
      return "written  " + file;
    } catch (IOException e) {
      throw new DeployException(target + " cannot be written: " + e);
    }
  }

  private static List<String> toDo() {
    var lines = new ArrayList<String>();
    lines.add("");
    lines.add("In the repository's settings on GitHub (Secrets and variables, Actions):");
    lines.add("  variable  " + ORIGIN + "  the HTTPS address at which the service is reached");
    lines.add("  secret    " + SECRET + "  from the command new-secret; the service has the same");
    OPTIONAL_VARS.forEach(name -> lines.add("  optional  " + name));
    OPTIONAL_SECRETS.forEach(name -> lines.add("  optional  " + name));
    lines.add("In the environment of the service:");
    lines.add("  W7S_REPOSITORY, owner/repo of the app");
    lines.add("  " + SECRET);
    lines.add("  W7S_BRIDGE_URL, the app's public address on W7S");
    return lines;
  }
}
