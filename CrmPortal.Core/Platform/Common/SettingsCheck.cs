using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Common;

/// <summary>Says what is wrong with the settings of one feature, one sentence for each fault; it is beside the settings.</summary>
public abstract class SettingsCheck<TOptions> : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    /// <summary>Whole sentences that name the setting and say what to write; a secret is not repeated.</summary>
    protected abstract IEnumerable<string> Faults(TOptions options);
}
