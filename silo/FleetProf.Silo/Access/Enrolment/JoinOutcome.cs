using FleetProf.Silo.Access.Certificates;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>What came of a request to join.</summary>
/// <param name="Reason">None: a certificate was issued. Pending: an operator decides.</param>
/// <param name="AgentId">Empty when it got none.</param>
/// <param name="Issued">Set with None.</param>
internal sealed record JoinOutcome(AccessReason Reason, string AgentId = "", IssuedCertificate? Issued = null);
