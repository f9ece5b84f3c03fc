using System.Text.RegularExpressions;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Ui;

/// <summary>What is wrong in a form is said by us, beside the field and in the user's language, never by a bubble of the browser.</summary>
public sealed partial class FormTests
{
    [Fact]
    public void Form_ThatIsSavedOnThePage_LeavesNoCheckToTheBrowser()
    {
        var forms = Repository.Files("CrmPortal", "*.razor")
            .SelectMany(file => Form().Matches(File.ReadAllText(file)).Select(m => (Path.GetFileName(file), Tag: m.Value)))
            .Where(f => f.Tag.Contains("@onsubmit", StringComparison.Ordinal) && !f.Tag.Contains("method=\"post\"",
                StringComparison.Ordinal)).ToList();

        Assert.True(forms.Count > 25, $"Only {forms.Count} forms were found.");
        Assert.All(forms, f => Assert.Contains("novalidate", f.Tag, StringComparison.Ordinal));
    }

    [GeneratedRegex("""<form\b(?:"[^"]*"|[^>"])*>""")]
    private static partial Regex Form();
}
