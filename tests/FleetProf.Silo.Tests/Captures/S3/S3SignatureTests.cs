namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>The oracle itself, against an example that Amazon publishes.</summary>
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
}
