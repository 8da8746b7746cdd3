using TorchSharp;
using static TorchSharp.torch;

namespace LlmCascade;

/// <summary>Operations with a number that lives until they have ended.</summary>
/// <remarks>Where a number is converted on the way, TorchSharp lets the collector free it while native code still reads it.</remarks>
internal static class NumberOperations
{
    /// <summary>Multiplies in place.</summary>
    public static Tensor MultiplyBy(this Tensor tensor, double factor)
    {
        using var number = factor.ToScalar();
        return tensor.mul_(number);
    }

    /// <summary>Adds in place.</summary>
    public static Tensor Increase(this Tensor tensor, double summand)
    {
        using var number = summand.ToScalar();
        return tensor.add_(number);
    }

    /// <summary>Adds in place a multiple of a product.</summary>
    public static Tensor AddProduct(this Tensor tensor, Tensor first, Tensor second, double factor)
    {
        using var number = factor.ToScalar();
        return tensor.addcmul_(first, second, number);
    }

    /// <summary>Adds in place a multiple of a quotient.</summary>
    public static Tensor AddQuotient(this Tensor tensor, Tensor numerator, Tensor denominator, double factor)
    {
        using var number = factor.ToScalar();
        return tensor.addcdiv_(numerator, denominator, number);
    }

    /// <summary>Adds in place a multiple of numbers, also several of them at the same place.</summary>
    public static Tensor AddAt(this Tensor tensor, Tensor places, Tensor summands, double factor)
    {
        using var number = factor.ToScalar();
        return tensor.index_add_(0, places, summands, number);
    }

    /// <summary>Finds, in place, where numbers are at least a bound: 1 there and 0 elsewhere.</summary>
    public static Tensor IsAtLeast(this Tensor tensor, double bound)
    {
        using var number = bound.ToScalar();
        return tensor.ge_(number);
    }
}
