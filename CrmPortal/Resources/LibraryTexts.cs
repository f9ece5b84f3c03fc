using Microsoft.Extensions.Localization;
using MudBlazor;

namespace CrmPortal.Resources;

/// <summary>The texts of the component library itself, by its own keys. What is not here stays English, as the library has it.</summary>
internal sealed class LibraryTexts(IStringLocalizer<LibraryTexts> texts) : MudLocalizer
{
    public override LocalizedString this[string key] => texts[key];

    public override LocalizedString this[string key, params object[] arguments] => texts[key, arguments];
}
