namespace CrmPortal.Tests.Support;

/// <summary>Real files beside the project, which not everybody has.</summary>
internal static class TestData
{
    /// <summary>The path of a file or folder below <c>CRM_TEST_DATA</c>; skips the test where it is not there.</summary>
    public static string Find(params string[] parts)
    {
        var folder = Environment.GetEnvironmentVariable("CRM_TEST_DATA");
        var path = folder is null ? null : Path.Combine([folder, .. parts]);
        if (path is null || (!File.Exists(path) && !Directory.Exists(path)))
            Assert.Skip($"{Path.Combine(parts)} is not there; CRM_TEST_DATA must name the folder that holds it.");
        return path!;
    }
}
