using FleetProf.Agent.Captures;

namespace FleetProf.Agent.Upload;

/// <summary>How an upload ended; <see cref="CaptureFailure.None"/>: the silo has the artifact, whole and durable.</summary>
internal sealed record UploadOutcome(CaptureFailure Failure, string Detail);
