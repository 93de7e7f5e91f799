package io.w7s.sdk.spring.docs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/** Spring Security in front of MVC, as the guide shows it. */
@Configuration(proxyBeanMethods = false)
public class Security {

  // [security]
  @Bean
  @Order(0)
  SecurityFilterChain w7sSecurity(HttpSecurity http) throws Exception {
    return http.securityMatcher("/w7s/**")
        .authorizeHttpRequests(
            requests -> requests.anyRequest().permitAll()) // the signature decides
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }
  // [security]
}
