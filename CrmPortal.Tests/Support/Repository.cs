namespace CrmPortal.Tests.Support;

/// <summary>The sources beside the tests, for rules about how code is written.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The source files of a project, without what was made by tools.</summary>
    public static IEnumerable<string> Files(string project, string pattern = "*.*") =>
        Directory.EnumerateFiles(Path.Combine(Root, project), pattern, SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Where(IsWrittenByHand);

    /// <summary>Whether no tool made the file: neither a build, nor EF its migrations and the model as code, nor a test run.</summary>
    public static bool IsWrittenByHand(string file) => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar)
        .Any(part => part is "obj" or "bin" or "Migrations" or "CompiledModel" or "artifacts");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CrmPortal.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The sources are not beside the tests.");
        return folder.FullName;
    }
}
