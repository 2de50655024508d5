namespace FleetProf.Portal.Hosting;

/// <summary>A certificate is not valid now, or this host's clock is wrong, as after a boot: another start may find it right.</summary>
internal sealed class WrongClockException(string message) : Exception(message);
