package io.w7s.consumer;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

// [quarkus-beans]
@Dependent
class W7sBeans {

  @Produces
  @Singleton
  W7sConfig config() {
    return W7sConfig.load();
  }

  @Produces
  @Singleton
  W7s w7s(W7sConfig config) {
    return W7s.of(config);
  }

  void close(@Disposes W7s w7s) {
    w7s.close();
  }

  @Produces
  @Singleton
  W7sApp app(Worker worker) {
    return W7sApp.builder(Worker.APP)
        .on(Worker.JOBS, message -> worker.run(message.body()))
        .on(Worker.DONE, request -> worker.done())
        .build();
  }
}
// [quarkus-beans]
