using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Hosting;

public sealed class LineLengthTests
{
    private const int Longest = 140;

    /// <summary>A text, such as a sentence or a statement, may stand in one line however long it is.</summary>
    [Fact]
    public void Lines_OfCode_FitOnAScreen()
    {
        var tooLong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories).Where(Repository.IsWrittenByHand))
        {
            var (number, isText) = (0, false);
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (line.Length > Longest && !isText && !line.Contains('"', StringComparison.Ordinal))
                    tooLong.Add($"{Path.GetRelativePath(Repository.Root, file)}:{number}");
                // Three quotation marks begin a text of many lines, and the next three end it.
                if (line.Split("\"\"\"").Length % 2 == 0) isText = !isText;
            }
        }

        Assert.Empty(tooLong);
    }
}
