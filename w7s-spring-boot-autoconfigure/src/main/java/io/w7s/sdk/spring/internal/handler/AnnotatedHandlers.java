package io.w7s.sdk.spring.internal.handler;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The handlers of all beans, as they are at a moment. */
public final class AnnotatedHandlers {

  private final List<HandlerMethod> methods;

  private AnnotatedHandlers(List<HandlerMethod> methods) {
    this.methods = methods;
  }

  /** Finds the handlers. No bean is created for it. */
  public static AnnotatedHandlers find(ConfigurableListableBeanFactory beans) {
    return new AnnotatedHandlers(HandlerMethods.find(beans));
  }

  /** Returns whether a bean of a class would have a handler. */
  public static boolean declaredBy(Class<?> type) {
    return HandlerMethods.areIn(type);
  }

  /**
   * Adds them to an app.
   *
   * @return whether one of them runs in steps, so that the app needs a log
   * @throws InvalidHandlerException when one cannot be used, or two handle the same
   */
  public boolean addTo(W7sApp.Builder app, AppRef ref) {
    var registrar = new HandlerRegistrar(ref, app);
    methods.forEach(registrar::add);
    return registrar.hasSteps();
  }

  /**
   * Checks these once all beans are there. An app that was built before knew some beans only by the
   * types that their methods declare.
   *
   * @param ofApp those that the app has
   * @throws InvalidHandlerException when the app lacks one, or one cannot be called
   */
  public void check(AnnotatedHandlers ofApp) {
    for (HandlerMethod method : methods) {
      method.check();
      if (ofApp.methods.stream().noneMatch(method::isSame)) {
        throw new InvalidHandlerException(
            method
                + " was not found when the app was built, because a bean asked for the app"
                + " before this one was there.",
            "Have the @Bean method of '%s' return the class that has the handler, or inject"
                    .formatted(method.bean())
                + " ObjectProvider<W7sApp> in place of W7sApp.");
      }
    }
  }
}
