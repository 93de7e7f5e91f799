package io.w7s.sdk.workflow;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.text.Names;
import org.jspecify.annotations.Nullable;

/**
 * A workflow: its name, what it takes and what it results in, declared once and used to start and
 * to handle. Immutable.
 *
 * @param app the app that declares the workflow; null for the app's own
 * @param name the workflow's name, in lower case
 * @param path the path that runs it, {@code /_w7s/workflows/<name>} unless the manifest says
 *     otherwise
 * @param input what it takes
 * @param output what it results in
 * @param <I> what it takes
 * @param <O> what it results in
 */
public record WorkflowRef<I, O>(
    @Nullable AppId app, String name, String path, TypeRef<I> input, TypeRef<O> output) {

  /** Checks the name and the path. */
  public WorkflowRef {
    name = Names.workflow("workflow name", name);
    path = Names.path("workflow path", path);
  }

  /**
   * Returns a workflow of another app.
   *
   * @param app the app, {@code owner/repo}
   * @throws io.w7s.sdk.error.InvalidInputException when the app or the name is not one
   */
  public static <I, O> WorkflowRef<I, O> of(
      String app, String name, Class<I> input, Class<O> output) {
    return of(app, name, TypeRef.of(input), TypeRef.of(output));
  }

  /** Returns a workflow of another app with generic types. */
  public static <I, O> WorkflowRef<I, O> of(
      String app, String name, TypeRef<I> input, TypeRef<O> output) {
    return new WorkflowRef<>(AppId.parse(app), name, defaultPath(name), input, output);
  }

  /** Returns a workflow of the app's own. */
  public static <I, O> WorkflowRef<I, O> of(String name, Class<I> input, Class<O> output) {
    return of(name, TypeRef.of(input), TypeRef.of(output));
  }

  /** Returns a workflow of the app's own with generic types. */
  public static <I, O> WorkflowRef<I, O> of(String name, TypeRef<I> input, TypeRef<O> output) {
    return new WorkflowRef<>(null, name, defaultPath(name), input, output);
  }

  /** Returns this workflow, run at a path of its own, as its manifest says. */
  public WorkflowRef<I, O> path(String path) {
    return new WorkflowRef<>(app, name, path, input, output);
  }

  private static String defaultPath(String name) {
    return Names.defaultWorkflowPath(Names.workflow("workflow name", name));
  }

  /** Returns {@code owner/repo/name}, or the name alone for the app's own workflow. */
  @Override
  public String toString() {
    return app == null ? name : app + "/" + name;
  }
}
