package io.w7s.sdk.spring;

import io.w7s.sdk.spring.internal.handler.HandlerHints;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Runs the instances of a workflow of the application's app. The method of any bean, or of an
 * interface of it, has one of these forms; the last two run in steps that are remembered:
 *
 * <pre>{@code
 * @WorkflowHandler("checkout") Paid run(Cart cart)
 * @WorkflowHandler("checkout") Paid run(WorkflowRun<Cart> run)
 * @WorkflowHandler("checkout") Paid run(Cart cart, Steps steps)
 * @WorkflowHandler("checkout") Paid run(WorkflowRun<Cart> run, Steps steps)
 * }</pre>
 *
 * <p>What it returns is the result; {@code void} is none. Steps need a bean of {@link
 * io.w7s.sdk.step.StepLog}, which the starter has where there is a data source and {@code
 * w7s-sdk-store}. See {@link io.w7s.sdk.workflow.WorkflowHandler} and {@link
 * io.w7s.sdk.step.StepsHandler}. All texts may hold placeholders.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Reflective(HandlerHints.class)
public @interface WorkflowHandler {

  /** The name of the workflow. */
  String value();
}
