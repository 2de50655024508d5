using FleetProf.Agent.Upload;

namespace FleetProf.Agent.Tests.Upload;

public sealed class ChunkSizeTests
{
    private readonly ChunkSize size = new();

    [Fact]
    public void Answered_AtOnce_StaysSmall()
    {
        for (var i = 0; i < 10; i++) size.Answered(size.Bytes, TimeSpan.FromMilliseconds(20));

        Assert.Equal(ChunkSize.Usual, size.Bytes);
    }

    [Fact]
    public void Answered_OverALongWay_GrowsToTheLargest()
    {
        for (var i = 0; i < 2; i++) size.Answered(size.Bytes, TimeSpan.FromMilliseconds(100));

        Assert.Equal(ChunkSize.Largest, size.Bytes);
        size.Answered(size.Bytes, TimeSpan.FromMilliseconds(100));
        Assert.Equal(ChunkSize.Largest, size.Bytes);
    }

    [Fact]
    public void Answered_AtOnceAgain_IsSmallAgain()
    {
        for (var i = 0; i < 2; i++) size.Answered(size.Bytes, TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 2; i++) size.Answered(size.Bytes, TimeSpan.FromMilliseconds(20));

        Assert.Equal(ChunkSize.Usual, size.Bytes);
    }

    [Fact]
    public void Answered_AtOnceAfterLosses_GrowsToTheUsualSize()
    {
        for (var i = 0; i < 3; i++) size.Lost(ArtifactUpload.AnswerLimit);
        Assert.Equal(ChunkSize.Smallest, size.Bytes);
        for (var i = 0; i < 5; i++) size.Answered(size.Bytes, TimeSpan.FromMilliseconds(1));

        Assert.Equal(ChunkSize.Usual, size.Bytes);
    }

    [Fact]
    public void Answered_TheShortEndOfAnArtifact_SaysNothing()
    {
        size.Answered(1_000, TimeSpan.FromMilliseconds(100));

        Assert.Equal(ChunkSize.Usual, size.Bytes);
    }

    [Fact]
    public void Answered_Late_StaysAsItIs()
    {
        size.Answered(size.Bytes, TimeSpan.FromSeconds(20));

        Assert.Equal(ChunkSize.Usual, size.Bytes);
    }
}
