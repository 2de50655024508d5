using FleetProf.Silo.Access.Enrolment;

namespace FleetProf.Silo.Tests.Access.Enrolment;

public sealed class JoinTokenTextTests
{
    [Fact]
    public void Parse_WhatWasShown_GivesIdAndMatchingSecret()
    {
        var token = JoinTokenText.Create();

        var read = JoinTokenText.Parse(token.Reveal());

        Assert.Equal(token.Id, read!.Id);
        Assert.True(read.Matches(token.SecretHash));
        Assert.False(read.Matches(JoinTokenText.Create().SecretHash));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fpe_")]
    [InlineData("fpp_0123456789ab_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("fpe_0123456789AB_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("fpe_0123456789ab_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("fpe_0123456789ab-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("fpe_0123456789ab_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Parse_AnythingElse_IsNone(string text) => Assert.Null(JoinTokenText.Parse(text));
}
