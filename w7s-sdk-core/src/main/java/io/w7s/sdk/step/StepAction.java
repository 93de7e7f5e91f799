package io.w7s.sdk.step;

/** What a step without a result does. */
@FunctionalInterface
public interface StepAction {

  /**
   * Does it.
   *
   * @throws Exception when it has failed, as {@link Steps#run(String, Class,
   *     java.util.function.Consumer, java.util.concurrent.Callable)} says
   */
  void run() throws Exception;
}
