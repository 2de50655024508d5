namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>One stop of the world of a Java virtual machine.</summary>
/// <param name="Name">Without the word "Pause": "Young", "Remark", "Mark Start".</param>
/// <param name="StartSeconds">Since the start of the process, or of the log where it has wall times only; null where lines have no time.</param>
/// <param name="PauseMs">As the log tells it, without the time to the safepoint.</param>
public readonly record struct JvmPause(string Name, double? StartSeconds, double PauseMs);
