namespace CrmPortal.Core.Platform.Data;

/// <summary>How somebody uses the database: together with others, as servers and most commands do, or alone, as a restore must.</summary>
public enum DatabaseUse { Shared, Alone }
