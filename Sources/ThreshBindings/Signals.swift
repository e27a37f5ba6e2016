// SPDX-License-Identifier: Apache-2.0
import CInterrupt
import ThreshLua

/// `th.signals`: what a scheduler asks of a batch run by USR1 (a checkpoint) and TERM (a checkpoint, then the
/// end).
func signals() -> Namespace {
  var signals = Namespace("th.signals")
  // Whether the host of this session allows it: a batch run does, a prompt or another program does not.
  signals.function("watch", most: 0) { _ in .boolean(thresh_signals_watch()) }
  signals.function("unwatch", most: 0) { _ in
    thresh_signals_unwatch()
    return .none
  }
  // "terminate" stays, "checkpoint" is taken.
  signals.function("requested", most: 0) { _ in
    switch thresh_signals_take() {
    case THRESH_REQUEST_TERMINATE: .string("terminate")
    case THRESH_REQUEST_CHECKPOINT: .string("checkpoint")
    default: .one(.nil)
    }
  }
  return signals
}

/// What a host says and learns of the signals that `th.signals` watches.
public enum RunSignals {
  /// Lets scripts watch USR1 and TERM from now on, or not.
  public static func allow(_ allowed: Bool) { thresh_signals_allow(allowed) }

  /// Whether TERM asked a script that watched for it to end.
  public static var terminated: Bool { thresh_signals_terminated() }
}
