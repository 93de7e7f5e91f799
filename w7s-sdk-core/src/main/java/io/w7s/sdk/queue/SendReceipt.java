package io.w7s.sdk.queue;

import io.w7s.sdk.AppId;
import java.time.Instant;

/**
 * The platform's word that it has taken a message. It says nothing of the delivery, and carries no
 * message id: the platform gives none.
 *
 * @param app the app that declares the queue
 * @param queue the queue's name
 * @param enqueuedAt when the platform took it, by the platform's clock
 */
public record SendReceipt(AppId app, String queue, Instant enqueuedAt) {}
