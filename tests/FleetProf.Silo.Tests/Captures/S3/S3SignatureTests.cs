using System.Text;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>The oracle itself, against the examples that Amazon publishes.</summary>
public sealed class S3SignatureTests
{
    private static readonly S3Signature Published = new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524T000000Z", "us-east-1");

    [Fact]
    public void Of_PublishedGet_IsThePublishedSignature()
    {
        KeyValuePair<string, string>[] headers =
        [
            new("host", "examplebucket.s3.amazonaws.com"), new("range", "bytes=0-9"), new("x-amz-content-sha256", S3Signature.Empty), new("x-amz-date", "20130524T000000Z"),
        ];

        Assert.Equal("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", Published.Of("GET", "/test.txt", [], headers, S3Signature.Empty));
    }

    [Fact]
    public void OfChunk_PublishedUpload_AreThePublishedSignatures()
    {
        var chunk = Encoding.ASCII.GetBytes(new string('a', 65_536));
        var first = Published.OfChunk("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", chunk);
        var second = Published.OfChunk(first, chunk.AsSpan(0, 1_024));

        Assert.Equal("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", first);
        Assert.Equal("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", second);
        Assert.Equal("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", Published.OfChunk(second, []));
    }
}
