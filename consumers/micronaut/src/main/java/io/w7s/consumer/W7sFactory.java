package io.w7s.consumer;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import jakarta.inject.Singleton;

// [micronaut-factory]
@Factory
class W7sFactory {

  @Singleton
  W7sConfig config() {
    return W7sConfig.load();
  }

  @Bean(preDestroy = "close")
  @Singleton
  W7s w7s(W7sConfig config) {
    return W7s.of(config);
  }

  @Singleton
  W7sApp app(Worker worker) {
    return W7sApp.builder(Worker.APP)
        .on(Worker.JOBS, message -> worker.run(message.body()))
        .on(Worker.DONE, request -> worker.done())
        .build();
  }
}
// [micronaut-factory]
