package io.w7s.sdk.workflow;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.text.Names;

/**
 * A workflow of an app, with the types of its input and its result. Create it once with {@link
 * io.w7s.sdk.AppRef#workflow}, and use it to start and to handle the workflow. Immutable.
 *
 * @param app the app that declares the workflow
 * @param name the workflow's name, in lower case
 * @param path the path that runs it, {@code /_w7s/workflows/<name>} unless the manifest says
 *     otherwise
 * @param input the type of the input
 * @param output the type of the result
 * @param <I> the type of the input
 * @param <O> the type of the result
 */
public record WorkflowRef<I, O>(
    AppId app, String name, String path, TypeRef<I> input, TypeRef<O> output) {

  /**
   * Checks the name and the path.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when one of them is not valid
   */
  public WorkflowRef {
    requireNonNull(app, "app");
    requireNonNull(input, "input");
    requireNonNull(output, "output");
    name = Names.workflow("workflow name", requireNonNull(name, "name"));
    path = Names.path("workflow path", requireNonNull(path, "path"));
  }

  /** Returns this workflow, run at a path of its own, as its manifest says. */
  public WorkflowRef<I, O> path(String path) {
    return new WorkflowRef<>(app, name, path, input, output);
  }

  /** Returns {@code owner/repo/name}. */
  @Override
  public String toString() {
    return app + "/" + name;
  }
}
