package io.w7s.sdk.spring;

import io.w7s.sdk.spring.internal.handler.HandlerHints;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Handles the runs of a schedule of the application's app. The method of any bean, or of an
 * interface of it, has one of these forms:
 *
 * <pre>{@code
 * @ScheduleHandler(cron = "0 3 * * *", path = "/nightly") void run()
 * @ScheduleHandler(cron = "0 3 * * *", path = "/nightly") void run(ScheduledRun run)
 * }</pre>
 *
 * <p>See {@link io.w7s.sdk.schedule.ScheduleHandler}. All texts may hold placeholders.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Reflective(HandlerHints.class)
public @interface ScheduleHandler {

  /** When: five fields in UTC; see {@link io.w7s.sdk.schedule.CronExpression}. */
  String cron();

  /** The path of the app that the platform calls, from its slash. */
  String path();
}
