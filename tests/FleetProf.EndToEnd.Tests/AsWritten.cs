using Xunit.v3;

namespace FleetProf.EndToEnd.Tests;

/// <summary>Tests of a class in the order in which they stand in its source, where one leaves the installation as the next wants it.</summary>
public sealed class AsWritten : ITestCaseOrderer
{
    IReadOnlyCollection<TTestCase> ITestCaseOrderer.OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases) =>
        [.. testCases.OrderBy(test => test.TestMethodMetadataToken)];
}
