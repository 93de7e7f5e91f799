package io.w7s.sdk.manifest;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.schedule.CronExpression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an app declares to the platform, {@code w7s.json}: read, checked, normalised and written.
 *
 * <p>The rules were recorded from the platform. It ignores the {@code events} section today, whose
 * rules are those of the events design. Every error is an {@link InvalidInputException} whose field
 * is the JSON path, for example {@code $.queues[0].consumer}. Unknown keys are kept, and {@link
 * #toJson()} writes them again.
 *
 * <p>Immutable; a {@code with...} method returns another manifest, checked by the same rules as a
 * file, with one difference: adding an entry that is already there changes nothing, while a file
 * that declares a queue, schedule, workflow or subscription twice is refused. Lists are in the
 * order of declaration and unmodifiable. When an object has a key twice, the last value counts.
 */
public final class Manifest {

  /** The longest text that is read: 1 MiB. */
  private static final int MAX_BYTES = 1 << 20;

  private static final Manifest EMPTY = new Manifest(new Declarations());

  /** Complete, and never changed again. */
  private final Declarations declared;

  private Manifest(Declarations declared) {
    this.declared = declared;
  }

  /** Returns the manifest that declares nothing. */
  public static Manifest empty() {
    return EMPTY;
  }

  /**
   * Reads a manifest.
   *
   * @throws InvalidInputException naming the JSON path; {@code $} when the text is over 1 MiB or
   *     not a JSON object, in the second case with line and column
   */
  public static Manifest parse(String json) {
    // UTF-8 is never shorter than the text, so there is no need to encode text over the limit.
    int atLeast = json.length();
    checkSize(atLeast > MAX_BYTES ? atLeast : json.getBytes(StandardCharsets.UTF_8).length);
    return new Manifest(ManifestReader.read(JsonValues.parse(json)));
  }

  /**
   * Reads a manifest from UTF-8.
   *
   * @throws InvalidInputException as {@link #parse(String)} does
   */
  public static Manifest parse(byte[] json) {
    checkSize(json.length);
    return new Manifest(ManifestReader.read(JsonValues.parse(json)));
  }

  private static void checkSize(int bytes) {
    if (bytes > MAX_BYTES) {
      throw new InvalidInputException(
          "$", "more than " + MAX_BYTES + " bytes", "at most " + MAX_BYTES + " bytes");
    }
  }

  /**
   * Reads a manifest file in UTF-8.
   *
   * @throws ConfigurationException when the file is not there or cannot be read
   * @throws InvalidInputException when its content is not a valid manifest
   */
  public static Manifest read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in.readNBytes(MAX_BYTES + 1));
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("no manifest at " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new ConfigurationException("the manifest " + file + " cannot be read", e);
    }
  }

  /** Returns the app's queues. */
  public List<Queue> queues() {
    return List.copyOf(declared.queues);
  }

  /** Returns the app's schedules. */
  public List<Schedule> schedules() {
    return List.copyOf(declared.schedules);
  }

  /** Returns the app's workflows. */
  public List<Workflow> workflows() {
    return List.copyOf(declared.workflows);
  }

  /** Returns the app's bindings to storage and the like. */
  public List<Binding> bindings() {
    return List.copyOf(declared.bindings);
  }

  /** Returns the names of the variables that the app wants set. */
  public List<String> vars() {
    return declared.names(NameList.VARS);
  }

  /** Returns the names, not the values, of the secrets that the app wants set. */
  public List<String> secrets() {
    return declared.names(NameList.SECRETS);
  }

  /** Returns the other owners, or their apps as {@code owner/repo}, that may call this app. */
  public List<String> rpcAllow() {
    return declared.names(NameList.RPC_ALLOW);
  }

  /** Returns the other owners, or their apps, that may send to this app's queues. */
  public List<String> queueAllow() {
    return declared.names(NameList.QUEUE_ALLOW);
  }

  /** Returns the other owners, or their apps, that may start this app's workflows. */
  public List<String> workflowAllow() {
    return declared.names(NameList.WORKFLOW_ALLOW);
  }

  /** Returns the subjects that the app may publish. */
  public List<String> eventsPublish() {
    return declared.names(NameList.EVENTS_PUBLISH);
  }

  /** Returns what the app subscribes to; each queue is one of {@link #queues()}. */
  public List<Subscription> eventsSubscribe() {
    return List.copyOf(declared.subscriptions);
  }

  /** Returns the other owners, or their apps, that may subscribe to this app's events. */
  public List<String> eventsAllow() {
    return declared.names(NameList.EVENTS_ALLOW);
  }

  /** Returns this manifest and a queue; a queue of that name with another path is an error. */
  public Manifest withQueue(Queue queue) {
    return declared.queues.contains(queue) ? this : with(more -> more.add(queue));
  }

  /** Returns this manifest and a schedule. */
  public Manifest withSchedule(Schedule schedule) {
    return declared.schedules.contains(schedule) ? this : with(more -> more.add(schedule));
  }

  /** Returns this manifest without its schedules, for a process in which they must not fire. */
  public Manifest withoutSchedules() {
    return declared.schedules.isEmpty() ? this : with(less -> less.schedules.clear());
  }

  /** Returns this manifest and a workflow; one of that name with another path is an error. */
  public Manifest withWorkflow(Workflow workflow) {
    return declared.workflows.contains(workflow) ? this : with(more -> more.add(workflow));
  }

  /** Returns this manifest and a binding. */
  public Manifest withBinding(Binding binding) {
    return declared.bindings.contains(binding) ? this : with(more -> more.add(binding));
  }

  /** Returns this manifest and the name of a variable. */
  public Manifest withVar(String name) {
    return with(NameList.VARS, name);
  }

  /** Returns this manifest and the name, not the value, of a secret. */
  public Manifest withSecret(String name) {
    return with(NameList.SECRETS, name);
  }

  /** Returns this manifest and an owner, or an app as {@code owner/repo}, that may call. */
  public Manifest withRpcAllow(String ownerOrApp) {
    return with(NameList.RPC_ALLOW, ownerOrApp);
  }

  /** Returns this manifest and an owner, or an app, that may send to the queues. */
  public Manifest withQueueAllow(String ownerOrApp) {
    return with(NameList.QUEUE_ALLOW, ownerOrApp);
  }

  /** Returns this manifest and an owner, or an app, that may start the workflows. */
  public Manifest withWorkflowAllow(String ownerOrApp) {
    return with(NameList.WORKFLOW_ALLOW, ownerOrApp);
  }

  /** Returns this manifest and a subject that the app may publish. */
  public Manifest withPublished(String subject) {
    return with(NameList.EVENTS_PUBLISH, subject);
  }

  /** Returns this manifest and a subscription of a queue that is declared already. */
  public Manifest withSubscription(Subscription subscription) {
    return declared.subscriptions.contains(subscription)
        ? this
        : with(more -> more.add(subscription));
  }

  /** Returns this manifest and an owner, or an app, that may subscribe to the events. */
  public Manifest withEventsAllow(String ownerOrApp) {
    return with(NameList.EVENTS_ALLOW, ownerOrApp);
  }

  private Manifest with(NameList list, String name) {
    String normalised = list.normalised(declared.nextPath(list), name);
    return declared.names(list).contains(normalised)
        ? this
        : with(more -> more.add(list, normalised));
  }

  private Manifest with(Consumer<Declarations> change) {
    var copy = new Declarations(declared);
    change.accept(copy);
    return new Manifest(copy);
  }

  /**
   * Compares this manifest, which the app's code declares, with that of the file that is deployed.
   * The order of entries does not matter, and unknown keys do not count.
   *
   * @param file the manifest that is deployed
   * @return one for each difference, in a stable order; empty when there is none
   */
  public List<Difference> differences(Manifest file) {
    return ManifestComparison.between(declared, file.declared);
  }

  /**
   * Returns which of the platform's caps the manifest exceeds: an app can have at most 2 queues, 5
   * schedules and 5 workflows. The platform refuses a deployment that declares more.
   *
   * @return one sentence for each, such as {@code 3 queues, of which the platform deploys at most
   *     2}; empty when there is none
   */
  public List<String> beyondPlatformCaps() {
    var beyond = new ArrayList<String>();
    addBeyond(beyond, queues().size(), PlatformLimits.MAX_QUEUES, "queues");
    addBeyond(beyond, schedules().size(), PlatformLimits.MAX_SCHEDULES, "schedules");
    addBeyond(beyond, workflows().size(), PlatformLimits.MAX_WORKFLOWS, "workflows");
    return List.copyOf(beyond);
  }

  private static void addBeyond(List<String> beyond, int declared, int most, String what) {
    if (declared > most) {
      beyond.add("%d %s, of which the platform deploys at most %d".formatted(declared, what, most));
    }
  }

  /**
   * Returns the manifest as an indented {@code w7s.json}: every entry in its long form, known
   * sections first, without empty sections, and with all unknown keys. {@link #parse(String)} reads
   * it as an equal manifest.
   */
  public String toJson() {
    return JsonValues.writePretty(ManifestWriter.document(declared)) + "\n";
  }

  /**
   * Returns the part of this manifest that the platform keeps, as JSON on one line: all sections
   * that the platform knows, also empty ones, and no other keys, not even {@code events}.
   */
  public String normalizedJson() {
    return JsonValues.write(ManifestWriter.platformForm(declared));
  }

  /** Returns whether the other declares the same in the same order, unknown keys included. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Manifest manifest && document().equals(manifest.document());
  }

  @Override
  public int hashCode() {
    return document().hashCode();
  }

  private Map<String, @Nullable Object> document() {
    return ManifestWriter.document(declared);
  }

  /** Returns the manifest as JSON on one line. */
  @Override
  public String toString() {
    return JsonValues.write(document());
  }

  /**
   * A queue that the app owns.
   *
   * @param name 1 to 100 characters, kept in lower case, unique in the app
   * @param consumer the path of the app that gets its messages
   */
  public record Queue(String name, String consumer) {

    /**
     * Checks and normalises both.
     *
     * @throws InvalidInputException when one breaks its rule
     */
    public Queue {
      name = Names.queue("queue name", name);
      consumer = Names.path("queue consumer", consumer);
    }

    /** Returns a queue with the platform's default consumer, {@code /_w7s/queues/<name>}. */
    public static Queue of(String name) {
      String queue = Names.queue("queue name", name);
      return new Queue(queue, Names.defaultQueuePath(queue));
    }
  }

  /**
   * A path of the app that the platform calls by the clock.
   *
   * @param cron when
   * @param path the path that is called
   */
  public record Schedule(CronExpression cron, String path) {

    /**
     * Checks and normalises the path.
     *
     * @throws InvalidInputException when it breaks its rule
     */
    public Schedule {
      path = Names.path("schedule path", path);
    }
  }

  /**
   * A workflow that the app runs.
   *
   * @param name 1 to 100 characters, kept in lower case, unique in the app
   * @param path the path of the app that the platform calls for a run
   */
  public record Workflow(String name, String path) {

    /**
     * Checks and normalises both.
     *
     * @throws InvalidInputException when one breaks its rule
     */
    public Workflow {
      name = Names.workflow("workflow name", name);
      path = Names.path("workflow path", path);
    }

    /** Returns a workflow with the platform's default path, {@code /_w7s/workflows/<name>}. */
    public static Workflow of(String name) {
      String workflow = Names.workflow("workflow name", name);
      return new Workflow(workflow, Names.defaultWorkflowPath(workflow));
    }
  }

  /**
   * A subject whose events are put on one of the app's queues.
   *
   * @param subject the exact subject, without wildcards
   * @param queue the name of a declared queue
   */
  public record Subscription(String subject, String queue) {

    /**
     * Checks both, and normalises the queue's name.
     *
     * @throws InvalidInputException when one breaks its rule
     */
    public Subscription {
      subject = Names.subject("event subject", subject);
      queue = Names.queue("queue name", queue);
    }
  }
}
