namespace CrmPortal.Tests.Support;

/// <summary>The sources beside the tests, for rules about how code is written.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The source files of a project, without what was made by tools.</summary>
    public static IEnumerable<string> Files(string project, string pattern = "*.*") =>
        Directory.EnumerateFiles(Path.Combine(Root, project), pattern, SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !f.Contains("Migrations", StringComparison.Ordinal) && !f.Contains("CompiledModel", StringComparison.Ordinal));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CrmPortal.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The sources are not beside the tests.");
        return folder.FullName;
    }
}
