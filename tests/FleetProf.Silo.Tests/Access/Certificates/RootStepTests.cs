using FleetProf.Silo.Access.Certificates;

namespace FleetProf.Silo.Tests.Access.Certificates;

public sealed class RootStepTests : IDisposable
{
    private readonly AuthorityRig rig = new();

    [Fact]
    public void NextStep_OfTheKeys_IsWhatRotateDoes()
    {
        var (told, done) = (new List<RootStep>(), new List<string>());
        for (var step = 0; step < 4; step++)
        {
            told.Add(rig.Authority.Keys.NextStep);
            done.Add(rig.Authority.Rotate());
            rig.Clock.Advance(rig.Authority.Spread);
        }

        Assert.Equal<RootStep>([RootStep.Trust, RootStep.Sign, RootStep.Forget, RootStep.Trust], told);
        Assert.Collection(
            done,
            said => Assert.StartsWith("Made the new root", said, StringComparison.Ordinal),
            said => Assert.StartsWith("Signing with the new root", said, StringComparison.Ordinal),
            said => Assert.StartsWith("1 old root(s) are not trusted any more.", said, StringComparison.Ordinal),
            said => Assert.StartsWith("Made the new root", said, StringComparison.Ordinal));
    }

    [Fact]
    public void NextStep_ThatCameTooEarly_StaysTheNext()
    {
        rig.Authority.Rotate();

        Assert.Throws<InvalidOperationException>(rig.Authority.Rotate);

        Assert.Equal(RootStep.Sign, rig.Authority.Keys.NextStep);
    }

    public void Dispose() => rig.Dispose();
}
