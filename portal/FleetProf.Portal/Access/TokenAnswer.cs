using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>What became of a token that was shown.</summary>
/// <param name="Principal">Whose it is; null when it was refused, or not looked at.</param>
/// <param name="IsTooOften">So many tokens from there were refused lately that this one was not looked at.</param>
internal readonly record struct TokenAnswer(AccessPrincipal? Principal, bool IsTooOften = false);
