namespace FleetProf.Portal.Operations;

/// <summary>How a long job stands.</summary>
internal enum OperationStatus
{
    Running = 0,
    Succeeded = 1,
    Failed = 2,
    Cancelled = 3,
}
