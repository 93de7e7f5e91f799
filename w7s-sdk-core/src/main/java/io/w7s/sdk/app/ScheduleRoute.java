package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.wire.ScheduleDelivery;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.schedule.ScheduleHandler;
import io.w7s.sdk.schedule.ScheduledRun;
import java.util.Map;

/** Runs a schedule's handler. */
final class ScheduleRoute implements Route {

  private final AppId app;
  private final ScheduleHandler handler;

  ScheduleRoute(AppId app, ScheduleHandler handler) {
    this.app = app;
    this.handler = handler;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest, HandlerFailure {
    ScheduledRun run = read(request);
    try {
      handler.handle(run);
    } catch (Exception thrown) {
      throw new HandlerFailure(
          "handler of schedule " + run.cron() + " for " + run.scheduledTime(), thrown);
    }
    return Responses.acknowledged();
  }

  private ScheduledRun read(AppRequest request) throws BadRequest {
    try {
      ScheduleDelivery delivery = ScheduleDelivery.read(request.body());
      return new ScheduledRun(
          delivery.schedule(),
          delivery.scheduledTime(),
          delivery.repository() == null ? app : AppId.parse(delivery.repository()),
          delivery.environment() == null
              ? Environment.PRODUCTION
              : Environment.of(delivery.environment()));
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  @Override
  public boolean isDelivery() {
    return true;
  }
}
