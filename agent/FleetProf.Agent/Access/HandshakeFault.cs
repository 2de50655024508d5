namespace FleetProf.Agent.Access;

/// <summary>What is wrong between this host and a silo before the first word is said.</summary>
internal enum HandshakeFault
{
    /// <summary>By this host's clock a certificate is not valid yet, or not any more.</summary>
    Clock,

    /// <summary>The silo's certificate leads to no root that this host trusts.</summary>
    OtherAuthority,

    /// <summary>The silo's certificate is for other names than the one it was called by.</summary>
    OtherName,

    /// <summary>The silo broke the handshake off.</summary>
    Refused,
}
