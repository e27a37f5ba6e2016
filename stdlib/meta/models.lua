---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.models.

--- Image models by name, with the names of their parameters in PyTorch, so that its state dicts load.
---
--- All take options alone: classes (10), in_channels (3), image_size (32; height and width, which the ones that
--- end in fully connected layers need, and by which the others choose their stem), width (of the first
--- stage; the published number), seed (drawn from the session's) and dtype ("float32", or "float64"). With
--- stem = "imagenet" or "cifar" resnet18 to resnet101, mobilenetv2 and the vgg models begin as for large or
--- for small images; without it images up to 64 get the CIFAR form. Weights are drawn, none are downloaded.
---
--- Example:
---     local model = th.models.resnet20 { classes = 100, width = 8, seed = 1 }
---     assert(table.concat(model(th.zeros(1, 3, 32, 32)).shape, " ") == "1 100")
---@class models
local models = {}

--- Three fully connected layers: inputs, 256, 128, classes.
---
--- (N, C, S, S) -> (N, classes), S = image_size. width is that of the first hidden layer; the second has half.
---
--- Example:
---     local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16 }
---     assert(model(th.zeros(2, 1, 8, 8)).shape[2] == 10)
---     assert(model:parameter_count() == 64 * 16 + 16 + 16 * 8 + 8 + 8 * 10 + 10)
---@param options? table classes (10), in_channels (3), image_size (32), width (256), seed (drawn), dtype ("float32")
---@return Module model
function models.mlp(options) end

--- LeNet-5 as it is used on CIFAR-10: two convolutions, three linear layers, ReLU and max pooling.
---
--- (N, C, S, S) -> (N, classes), S = image_size, at least 16. Source: LeCun et al. 1998.
---
--- Example:
---     local model = th.models.lenet()
---     assert(model:parameter_count() == 62006)
---@param options? table classes (10), in_channels (3), image_size (32), width (6), seed (drawn), dtype ("float32")
---@return Module model
function models.lenet(options) end

--- The ResNet of CIFAR-10 with 8 layers, of widths 16, 32 and 64.
---
--- (N, C, H, W) -> (N, classes), any H and W. Shortcuts are zero-padded, without parameters. Source: He et
--- al. 2016, section 4.2; names as in the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
---
--- Example:
---     local model = th.models.resnet8 { width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), width (16), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return Module model
function models.resnet8(options) end

--- The ResNet of CIFAR-10 with 20 layers, of widths 16, 32 and 64.
---
--- (N, C, H, W) -> (N, classes), any H and W. Shortcuts are zero-padded, without parameters. Source: He et
--- al. 2016, section 4.2; names as in the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
---
--- Example:
---     assert(th.models.resnet20():parameter_count() == 269722)
---@param options? table classes (10), in_channels (3), width (16), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return Module model
function models.resnet20(options) end

--- The ResNet of CIFAR-10 with 32 layers, of widths 16, 32 and 64.
---
--- (N, C, H, W) -> (N, classes), any H and W. Shortcuts are zero-padded, without parameters. Source: He et
--- al. 2016, section 4.2; names as in the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
---
--- Example:
---     local model = th.models.resnet32 { width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), width (16), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return Module model
function models.resnet32(options) end

--- The ResNet of CIFAR-10 with 44 layers, of widths 16, 32 and 64.
---
--- (N, C, H, W) -> (N, classes), any H and W. Shortcuts are zero-padded, without parameters. Source: He et
--- al. 2016, section 4.2; names as in the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
---
--- Example:
---     local model = th.models.resnet44 { width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), width (16), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return Module model
function models.resnet44(options) end

--- The ResNet of CIFAR-10 with 56 layers, of widths 16, 32 and 64.
---
--- (N, C, H, W) -> (N, classes), any H and W. Shortcuts are zero-padded, without parameters. Source: He et
--- al. 2016, section 4.2; names as in the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
---
--- Example:
---     local model = th.models.resnet56 { width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), width (16), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return Module model
function models.resnet56(options) end

--- The ResNet of CIFAR-10 with 110 layers, of widths 16, 32 and 64.
---
--- (N, C, H, W) -> (N, classes), any H and W. Shortcuts are zero-padded, without parameters. Source: He et
--- al. 2016, section 4.2; names as in the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
---
--- Example:
---     local model = th.models.resnet110 { width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), width (16), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return Module model
function models.resnet110(options) end

--- The ResNet of ImageNet with 18 layers, of basic blocks.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet": a 7x7 convolution of stride 2 and max pooling; "cifar": a 3x3
--- convolution of stride 1. Source: He et al. 2016; names and initialisation as in torchvision.
---
--- Example:
---     local model = th.models.resnet18 { classes = 5, width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 16, 16)).shape[2] == 5)
---@param options? table classes (10), in_channels (3), image_size (32), width (64), seed (drawn), dtype ("float32"), stem (by image_size: "cifar" up to 64, else "imagenet")
---@return Module model
function models.resnet18(options) end

--- The ResNet of ImageNet with 34 layers, of basic blocks.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet": a 7x7 convolution of stride 2 and max pooling; "cifar": a 3x3
--- convolution of stride 1. Source: He et al. 2016; names and initialisation as in torchvision.
---
--- Example:
---     local model = th.models.resnet34 { classes = 5, width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 16, 16)).shape[2] == 5)
---@param options? table classes (10), in_channels (3), image_size (32), width (64), seed (drawn), dtype ("float32"), stem (by image_size: "cifar" up to 64, else "imagenet")
---@return Module model
function models.resnet34(options) end

--- The ResNet of ImageNet with 50 layers, of bottlenecks.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet": a 7x7 convolution of stride 2 and max pooling; "cifar": a 3x3
--- convolution of stride 1. Source: He et al. 2016; names and initialisation as in torchvision.
---
--- Example:
---     local model = th.models.resnet50 { classes = 5, width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 16, 16)).shape[2] == 5)
---@param options? table classes (10), in_channels (3), image_size (32), width (64), seed (drawn), dtype ("float32"), stem (by image_size: "cifar" up to 64, else "imagenet")
---@return Module model
function models.resnet50(options) end

--- The ResNet of ImageNet with 101 layers, of bottlenecks.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet": a 7x7 convolution of stride 2 and max pooling; "cifar": a 3x3
--- convolution of stride 1. Source: He et al. 2016; names and initialisation as in torchvision.
---
--- Example:
---     local model = th.models.resnet101 { classes = 5, width = 4, seed = 1 }
---     assert(model(th.zeros(1, 3, 16, 16)).shape[2] == 5)
---@param options? table classes (10), in_channels (3), image_size (32), width (64), seed (drawn), dtype ("float32"), stem (by image_size: "cifar" up to 64, else "imagenet")
---@return Module model
function models.resnet101(options) end

--- MobileNetV2: inverted residuals of depthwise separable convolutions.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet" is torchvision's; "cifar" keeps stride 1 in the stem and
--- the second stage, as the common PyTorch port, and has no dropout. Source: Sandler et al. 2018.
---
--- Example:
---     local model = th.models.mobilenetv2 { width_multiple = 0.25, seed = 1 }
---     assert(model:eval()(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), image_size (32), width (32, of the stem), seed (drawn), dtype ("float32"), width_multiple (1; instead of width), dropout (0.2), stem (by image_size)
---@return Module model
function models.mobilenetv2(options) end

--- VGG-11 with BatchNorm: a plain stack of 3x3 convolutions.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet" ends in three linear layers with dropout, as
--- torchvision's; "cifar" in the mean and one linear layer. Source: Simonyan and Zisserman 2015.
---
--- Example:
---     local model = th.models.vgg11_bn { width = 4, seed = 1 }
---     assert(model:eval()(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), image_size (32), width (64, of the first convolution), seed (drawn), dtype ("float32"), dropout (0.5; "imagenet" only), stem (by image_size)
---@return Module model
function models.vgg11_bn(options) end

--- VGG-16 with BatchNorm: a plain stack of 3x3 convolutions.
---
--- (N, C, H, W) -> (N, classes). Stem "imagenet" ends in three linear layers with dropout, as
--- torchvision's; "cifar" in the mean and one linear layer. Source: Simonyan and Zisserman 2015.
---
--- Example:
---     local model = th.models.vgg16_bn { width = 4, seed = 1 }
---     assert(model:eval()(th.zeros(1, 3, 32, 32)).shape[2] == 10)
---@param options? table classes (10), in_channels (3), image_size (32), width (64, of the first convolution), seed (drawn), dtype ("float32"), dropout (0.5; "imagenet" only), stem (by image_size)
---@return Module model
function models.vgg16_bn(options) end

--- SSD300 on a ResNet-50: a detector, as th.detect.ssd300 makes it.
---
--- (N, 3, 300, 300) -> locations (N, 4, 8732) and class scores (N, classes, 8732). classes counts the
--- background.
---
--- Example:
---     local model = th.models.ssd300 { classes = 4, width = 4 }
---     assert(#model.boxes == 8732 and model.classes == 4)
---@param options? table classes (81), in_channels (3), width (64), seed (drawn), dtype ("float32"); image_size is taken and has no effect
---@return SSD300 model
function models.ssd300(options) end

return models
