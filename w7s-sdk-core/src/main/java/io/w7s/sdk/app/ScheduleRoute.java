package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.ScheduleDelivery;
import io.w7s.sdk.schedule.ScheduleHandler;
import io.w7s.sdk.schedule.ScheduledRun;
import java.util.Map;

/** Runs the handler of a schedule. */
final class ScheduleRoute implements Route {

  private final String path;
  private final ScheduleHandler handler;

  ScheduleRoute(String path, ScheduleHandler handler) {
    this.path = path;
    this.handler = handler;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    ScheduledRun run = read(request, context.app());
    ScheduleTicks ticks = context.ticks();
    if (ticks != null && !ticks.begins(run, path)) {
      return Responses.acknowledged();
    }
    try {
      context.call(
          kind(),
          path,
          run,
          request.headers(),
          () -> {
            handler.handle(run);
            return null;
          });
      return Responses.acknowledged();
    } catch (Throwable thrown) {
      return context.handlerFailed(
          "schedule " + SafeText.of(run.cron()) + " for " + run.scheduledTime(), thrown);
    }
  }

  private static ScheduledRun read(AppRequest request, AppId self) throws BadRequest {
    try {
      ScheduleDelivery delivery = ScheduleDelivery.read(request.body());
      String app = delivery.repository();
      String environment = delivery.environment();
      return ScheduledRun.builder(delivery.schedule(), delivery.scheduledTime())
          .app(app == null ? self : AppId.parse(app))
          .environment(environment == null ? Environment.PRODUCTION : Environment.of(environment))
          .build();
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  @Override
  public HandlerKind kind() {
    return HandlerKind.SCHEDULE;
  }

  @Override
  public String name(String method, String path) {
    return path;
  }
}
