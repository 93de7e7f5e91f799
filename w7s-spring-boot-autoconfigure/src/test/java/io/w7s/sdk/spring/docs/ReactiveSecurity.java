package io.w7s.sdk.spring.docs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.util.matcher.PathPatternParserServerWebExchangeMatcher;

/** Spring Security in front of WebFlux, as the guide shows it. */
@Configuration(proxyBeanMethods = false)
public class ReactiveSecurity {

  // [reactive-security]
  @Bean
  @Order(0)
  SecurityWebFilterChain w7sSecurity(ServerHttpSecurity http) {
    return http.securityMatcher(new PathPatternParserServerWebExchangeMatcher("/w7s/**"))
        .authorizeExchange(
            exchanges -> exchanges.anyExchange().permitAll()) // the signature decides
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .build();
  }
  // [reactive-security]
}
