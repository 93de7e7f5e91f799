package io.w7s.samples.spring;

import io.w7s.sdk.AppId;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** The router is an app of the SDK, which takes the place of an app of annotated handlers. */
@Configuration(proxyBeanMethods = false)
@Profile("event-router")
class EventRouting {

  @Bean
  W7sApp router(W7s w7s) {
    EventRegistry subscriptions =
        new EventRegistry()
            .allowPublish(AppId.parse("acme/order-api"), w7s.environment(), Order.CREATED_EVENT)
            .subscribe(
                AppId.parse("acme/email-worker"), w7s.environment(), Order.CREATED_EVENT, "events");
    return EventRouterApp.of(w7s, EventRouter.of(subscriptions));
  }
}
